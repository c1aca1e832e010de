// Of it only the definitions of its kinds are used.
module drydock/bench/source-controller

go 1.26.1

require github.com/fluxcd/source-controller v1.9.0
