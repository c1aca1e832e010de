module drydock.test/attack

go 1.26
