package main

const numberOfBpf = 321
