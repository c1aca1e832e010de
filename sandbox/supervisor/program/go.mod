module drydock/supervisor

go 1.24
