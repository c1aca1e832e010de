package main

import "encoding/json"

type fileOperation func(channel *channel, details json.RawMessage) error

var fileOperations = map[string]fileOperation{}
