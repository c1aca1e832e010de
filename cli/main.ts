#!/usr/bin/env node
import { commands } from './commands';
import { program } from './program';

program(process.argv.slice(2), commands);
