// Package pointstest proves stores of package points, and makes them fail on purpose.
package pointstest
