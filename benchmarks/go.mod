module github.com/marque-go/marque/benchmarks

go 1.26.0

require (
	cel.dev/cel-go v0.33.2
	github.com/PaesslerAG/gval v1.2.4
	github.com/casbin/govaluate v1.10.0
	github.com/diegoholiveira/jsonlogic/v3 v3.5.1
	github.com/expr-lang/expr v1.17.8
	github.com/marque-go/marque v0.0.0
	github.com/qmuntal/stateless v1.7.2
	github.com/stretchr/testify v1.12.1
)

require (
	cel.dev/expr v0.25.1 // indirect
	github.com/adhocore/gronx v1.20.4 // indirect
	github.com/antlr4-go/antlr/v4 v4.13.1 // indirect
	github.com/barkimedes/go-deepcopy v0.0.0-20220514131651-17c30cfc62df // indirect
	github.com/shopspring/decimal v1.3.1 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/exp v0.0.0-20261014143641-f0251eb4aa3e // indirect
	golang.org/x/time v0.16.0 // indirect
	gonum.org/v1/gonum v0.17.0 // indirect
	google.golang.org/genproto/googleapis/api v0.0.0-20240826202546-f6391c0de4c7 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20240826202546-f6391c0de4c7 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

replace github.com/marque-go/marque => ..
