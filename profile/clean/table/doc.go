// Package table reads tables as people export them, row by row, and loses no row with a bad one.
//
//	bytes ──► UTF-8 (from GBK where that is said) ──► lines, none kept longer than MaxLine ──┬► CSV:  rows under a header
//	                                                                                         └► JSON: an object a line
//
// A row that cannot be read carries its fault with line and column, and the next one is read as if it were the first:
// a quote that does not close costs its own line and not the rest of the file.
//
//	file, err := table.CSV(r, &table.Options{Encoding: table.GB18030})
//	for row, err := range file.Rows() {
//		if err != nil {
//			return err // of the reader
//		}
//		if row.Fault != nil {
//			log.Print(row.Fault) // 17:9: has 4 fields, the header 5
//			continue
//		}
//		use(row.Cells)
//	}
//
// The package knows nothing of what columns mean, guesses no separator, and reads no spreadsheets but what they export.
package table
