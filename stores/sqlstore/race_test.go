//go:build race

package sqlstore

const raced = true
