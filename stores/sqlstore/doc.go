// Package sqlstore keeps what is known of people in a database: SQLite, PostgreSQL, or MySQL and MariaDB.
//
//	people       a row for each person: zone, attributes as a JSON object
//	events       a row for each event: profile, name, at, properties as a JSON object
//	summaries    a row for each person and kind of event: first, last, count
//	tags         a row for each stretch of a tag         memberships   the same of segments
//	terms        a row for each term of a score
//
// Times are microseconds since 1970-01-01 UTC, names and texts compare byte by byte. A condition that package
// rule/where makes of a rule selects from these tables:
//
//	p := sqlstore.People{Dialect: where.SQLite, Prefix: "marque_"}
//	for _, statement := range p.Schema() { … db.Exec(statement) }
//	err := p.Put(ctx, db, lex, facts...)
//	tables, err := where.New(p.Dialect, lex, p.Mapping())
//	q := tables.Query(rule, now)
//	rows, err := db.Query("SELECT id FROM marque_people AS p WHERE "+q.Where, q.Args...)
//
// The host brings the driver and the *sql.DB. The package does not yet have the stores of the other packages, and it
// changes no schema that is already there.
package sqlstore
