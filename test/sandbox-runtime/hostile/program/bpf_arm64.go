package main

const numberOfBpf = 280
