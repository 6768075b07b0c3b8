// Plain JavaScript: it runs on any Node from 20 on, before anything is installed.
import { runUnderProjectNode } from './setup/project-node.mjs'

const bench = process.argv.includes('--command') ? 'command' : 'signing'
runUnderProjectNode(new URL(`../bench/${bench}.ts`, import.meta.url))
