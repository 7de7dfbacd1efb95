// Package svg draws the few pictures that reports of this library need: a funnel, lines over time, stacked and
// grouped bars, intervals, and a graph whose nodes and edges carry counts.
//
//	values ──► Funnel, Lines, Stacked, Grouped, Forest, Graph ──► one <svg> element as a string
//
// A picture is a function of its input, byte for byte. It takes its colours from the variables of [Style], which
// a page includes once, so that it is right in light and dark; a picture with Figure.Alone carries them itself.
// Text is measured before it is drawn, a Chinese character as wide as two Latin ones, and is cut with "…" where
// it would leave its place. Title and description are there for those who do not see it.
//
// It draws no axes of other kinds, no animation, and knows nothing of what it draws.
package svg
