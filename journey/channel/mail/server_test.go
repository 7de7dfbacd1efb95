package mail_test

import (
	"bufio"
	"fmt"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A server is an SMTP server (RFC 5321) that takes what it is sent, but for what Answer says.
type server struct {
	port int
	// answer is what it says to the first word of a line ("RCPT", "." for the end of the content), "" for the usual;
	// "drop" hangs up. Set before the first connection.
	answer map[string]string

	mu       sync.Mutex
	got      []string // the contents that were taken
	commands []string
	conns    []net.Conn
}

func serve(t testing.TB, answer map[string]string) *server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &server{port: l.Addr().(*net.TCPAddr).Port, answer: answer}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, c)
			s.mu.Unlock()
			wg.Go(func() { s.talk(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.hangUp()
		wg.Wait()
	})
	return s
}

// hangUp ends all connections.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.Close()
	}
}

func (s *server) talk(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(word, usual string) bool {
		text := s.answer[word]
		if text == "" {
			text = usual
		}
		if text == "drop" {
			return false
		}
		_, err := fmt.Fprintf(c, "%s\r\n", text)
		return err == nil
	}
	if !say("greeting", "220 mx.shop.example ESMTP") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		word, _, _ := strings.Cut(line, " ")
		s.mu.Lock()
		s.commands = append(s.commands, word)
		s.mu.Unlock()
		switch word {
		case "EHLO":
			_, err = fmt.Fprint(c, "250-mx.shop.example\r\n250 ENHANCEDSTATUSCODES\r\n")
		case "DATA":
			if !say(word, "354 go on") {
				return
			}
			if s.answer[word] != "" {
				continue
			}
			var content strings.Builder
			for line != ".\r\n" {
				if line, err = r.ReadString('\n'); err != nil {
					return
				}
				content.WriteString(line)
			}
			if !say(".", "250 2.0.0 taken") {
				return
			}
			if s.answer["."] == "" {
				s.mu.Lock()
				s.got = append(s.got, strings.TrimSuffix(content.String(), ".\r\n"))
				s.mu.Unlock()
			}
		case "QUIT":
			say(word, "221 2.0.0 bye")
			return
		default:
			if !say(word, "250 2.0.0 yes") {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// mails are what was taken, parsed.
func (s *server) mails(t *testing.T) []*netmail.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*netmail.Message
	for _, text := range s.got {
		m, err := netmail.ReadMessage(strings.NewReader(text))
		require.NoError(t, err)
		all = append(all, m)
	}
	return all
}

// ids are the Message-IDs that a mailbox that drops repeats would have.
func (s *server) ids(t *testing.T) []string {
	var ids []string
	for _, m := range s.mails(t) {
		id := strings.TrimSuffix(strings.TrimPrefix(m.Header.Get("Message-Id"), "<"), "@shop.example>")
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *server) count(word string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.commands {
		if c == word {
			n++
		}
	}
	return n
}
