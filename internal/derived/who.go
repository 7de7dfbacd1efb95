package derived

import "context"

// Who is the id that a person has now, by what a host says; the id itself where it says nothing.
func Who(ctx context.Context, lead func(context.Context, string) (string, error), profile string) (string, error) {
	if lead == nil || profile == "" {
		return profile, nil
	}
	return lead(ctx, profile)
}
