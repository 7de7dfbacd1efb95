// Package migration says how people who are under way in one version of a journey come to another, and what that would do
// before it is done.
//
// It is data; package step moves one person by a Def, and the Runner of package journey everybody (Migrate, MigrateDryRun).
package migration
