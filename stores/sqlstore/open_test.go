package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/marque-go/marque/rule/where"
)

// A server is one of the databases that the tests use: a schema of its own in it, for this run.
type server struct {
	dialect where.Dialect
	db      *sql.DB
	drop    func()
}

// servers opens each database once for all tests.
var servers = map[where.Dialect]func() (*server, error){
	where.SQLite:   sync.OnceValues(openSQLite),
	where.Postgres: sync.OnceValues(openPostgres),
	where.MySQL:    sync.OnceValues(openMySQL),
}

var (
	dialects  = []where.Dialect{where.SQLite, where.Postgres, where.MySQL}
	variables = map[where.Dialect]string{where.Postgres: "MARQUE_POSTGRES", where.MySQL: "MARQUE_MYSQL"}
	ours      = fmt.Sprintf("marque_sqlstore_%d", os.Getpid())
	opened    []*server
)

// open gives a database, or skips the test where there is none.
func open(t testing.TB, d where.Dialect) *server {
	t.Helper()
	if name := variables[d]; name != "" && os.Getenv(name) == "" {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not set", name)
		}
		t.Skipf("%s is not set: not tested on %v", name, d)
	}
	s, err := servers[d]()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func openSQLite() (*server, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	return started(where.SQLite, db, func() {})
}

func openPostgres() (*server, error) {
	c, err := pgx.ParseConfig(os.Getenv(variables[where.Postgres]))
	if err != nil {
		return nil, err
	}
	c.RuntimeParams["search_path"] = ours
	db := stdlib.OpenDB(*c)
	if _, err := db.Exec("CREATE SCHEMA " + ours); err != nil {
		return nil, err
	}
	return started(where.Postgres, db, func() { _, _ = db.Exec("DROP SCHEMA " + ours + " CASCADE") })
}

func openMySQL() (*server, error) {
	c, err := mysql.ParseDSN(os.Getenv(variables[where.MySQL]))
	if err != nil {
		return nil, err
	}
	first, err := sql.Open("mysql", c.FormatDSN())
	if err != nil {
		return nil, err
	}
	defer first.Close()
	if _, err := first.Exec("CREATE DATABASE " + ours + " CHARACTER SET utf8mb4"); err != nil {
		return nil, err
	}
	c.DBName = ours
	db, err := sql.Open("mysql", c.FormatDSN())
	if err != nil {
		return nil, err
	}
	return started(where.MySQL, db, func() { _, _ = db.Exec("DROP DATABASE " + ours) })
}

func started(d where.Dialect, db *sql.DB, drop func()) (*server, error) {
	s := &server{d, db, func() { drop(); _ = db.Close() }}
	opened = append(opened, s)
	return s, db.PingContext(context.Background())
}

func (s *server) exec(t testing.TB, statements ...string) {
	t.Helper()
	for _, x := range statements {
		if strings.TrimSpace(x) == "" {
			continue
		}
		if _, err := s.db.Exec(x); err != nil {
			t.Fatalf("%v: %v\n%s", s.dialect, err, x)
		}
	}
}
