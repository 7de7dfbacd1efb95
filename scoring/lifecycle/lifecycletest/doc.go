// Package lifecycletest proves stores of package lifecycle, and makes them fail on purpose.
package lifecycletest
