module drydock/stand-in

go 1.24
