package table

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// An Encoding is that of a file.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "utf-8"   // with or without a byte order mark
	GB18030 Encoding = "gb18030" // GBK and GB 2312 too, which it holds; what Excel writes in China
	Detect  Encoding = "detect"  // UTF-8 where the first 64 KiB are, else GB18030; what comes behind them is a fault of its row
)

const window = 64 << 10

// notText is why a row is none, and why where Detect saw nothing but ASCII, which both encodings have.
const (
	notText   = "holds what is no text in this encoding"
	notDetect = notText + ": the first 64 KiB are ASCII; is Encoding gb18030?"
)

// decoded is the text of a file in UTF-8, and the reason of rows that are none. What no character is becomes U+FFFD.
func decoded(r io.Reader, e Encoding) (text io.Reader, strange string, err error) {
	b := bufio.NewReaderSize(r, window)
	head, err := b.Peek(window)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return nil, "", fmt.Errorf("table: the file is UTF-16; it has to be UTF-8 or GB18030")
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		if e == GB18030 {
			return nil, "", fmt.Errorf("table: the file begins with the mark of UTF-8 and is not GB18030")
		}
		_, _ = b.Discard(3) // they were seen
		return b, notText, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return nil, "", fmt.Errorf("table: the file is a workbook; it has to be exported as CSV")
	}
	switch e {
	case "", UTF8:
		return b, notText, nil
	case GB18030:
		return simplifiedchinese.GB18030.NewDecoder().Reader(b), notText, nil
	case Detect:
		switch {
		case ascii(head) && len(head) == window:
			return b, notDetect, nil
		case whole(head, len(head) < window):
			return b, notText, nil
		}
		return simplifiedchinese.GB18030.NewDecoder().Reader(b), notText, nil
	}
	return nil, "", fmt.Errorf("table: encoding %q: want %s, %s or %s", e, UTF8, GB18030, Detect)
}

func ascii(head []byte) bool {
	return !slices.ContainsFunc(head, func(c byte) bool { return c >= utf8.RuneSelf })
}

// whole reports whether head is UTF-8, of which the last character may be cut unless it is all there is.
func whole(head []byte, all bool) bool {
	if !all {
		for range utf8.UTFMax {
			if r, size := utf8.DecodeLastRune(head); r != utf8.RuneError || size != 1 {
				break
			}
			head = head[:len(head)-1]
		}
	}
	return utf8.Valid(head)
}
