package sqlstore

import (
	"strings"

	"github.com/marque-go/marque/rule/where"
)

// People names the tables of people in a database.
type People struct {
	Dialect where.Dialect
	Prefix  string // of the tables' names: letters, digits and underscores
}

// Schema lists the statements that create the tables and their indexes.
func (p People) Schema() []string {
	words := map[where.Dialect][]string{ // the dialect's types: a name, a text, a JSON value, an integer, a float, and the end of a table
		where.SQLite:   {"TEXT", "TEXT", "INTEGER", "REAL", "STRICT"},
		where.Postgres: {`text COLLATE "C"`, "jsonb", "bigint", "double precision", ""},
		where.MySQL:    {"VARBINARY(255)", "JSON", "BIGINT", "DOUBLE", "DEFAULT CHARSET=utf8mb4"},
	}[p.Dialect]
	if words == nil {
		return nil
	}
	r := strings.NewReplacer("NAME", words[0], "JSON", words[1], "INT", words[2], "FLOAT", words[3], "END", words[4], "PRE", p.Prefix)
	var all []string
	for _, s := range schema {
		all = append(all, strings.TrimSpace(r.Replace(s)))
	}
	return all
}

// schema is the tables of people, in words that each dialect has its own for.
var schema = [...]string{
	"CREATE TABLE PREpeople (id NAME NOT NULL PRIMARY KEY, zone NAME NOT NULL, attributes JSON NOT NULL) END",
	"CREATE TABLE PREevents (profile NAME NOT NULL, name NAME NOT NULL, at INT NOT NULL, seq INT NOT NULL, props JSON NOT NULL, PRIMARY KEY (profile, name, at, seq)) END",
	"CREATE TABLE PREsummaries (profile NAME NOT NULL, event NAME NOT NULL, first_at INT NOT NULL, last_at INT NOT NULL, times INT NOT NULL, PRIMARY KEY (profile, event)) END",
	"CREATE TABLE PREtags (profile NAME NOT NULL, tag NAME NOT NULL, since INT NOT NULL, until INT, PRIMARY KEY (profile, tag, since)) END",
	"CREATE TABLE PREmemberships (profile NAME NOT NULL, segment NAME NOT NULL, since INT NOT NULL, until INT, PRIMARY KEY (profile, segment, since)) END",
	"CREATE TABLE PREterms (profile NAME NOT NULL, score NAME NOT NULL, seq INT NOT NULL, since INT NOT NULL, until INT, points FLOAT NOT NULL, half_life INT, PRIMARY KEY (profile, score, seq)) END",
	"CREATE INDEX PREtags_by_tag ON PREtags (tag, profile)",
	"CREATE INDEX PREmemberships_by_segment ON PREmemberships (segment, profile)",
	"CREATE INDEX PREevents_by_time ON PREevents (name, at)",
}

// Mapping says to package where what the tables hold. The query calls the people's table p.
func (p People) Mapping() where.Mapping {
	exact := func(name string) where.Column { return where.Column{Name: name, Exact: true} }
	at := func(name string) where.Column { return where.Column{Name: name} }
	return where.Mapping{
		People:   where.People{Table: p.Prefix + "people", ID: "id", As: "p"},
		JSON:     "attributes",
		Log:      where.Log{Table: p.Prefix + "events", Profile: "profile", Name: exact("name"), At: at("at"), JSON: "props"},
		Summary:  where.Summary{Table: p.Prefix + "summaries", Profile: "profile", Event: exact("event"), First: at("first_at"), Last: at("last_at"), Count: "times"},
		Tags:     where.Marks{Table: p.Prefix + "tags", Profile: "profile", Name: exact("tag"), From: at("since"), Until: at("until")},
		Segments: where.Marks{Table: p.Prefix + "memberships", Profile: "profile", Name: exact("segment"), From: at("since"), Until: at("until")},
		Scores: where.Terms{Table: p.Prefix + "terms", Profile: "profile", Name: exact("score"), From: "since", Until: "until",
			Points: "points", HalfLife: "half_life"},
	}
}
