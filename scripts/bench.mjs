// Plain JavaScript: it runs on any Node from 20 on, before anything is installed.
import { runUnderProjectNode } from './setup/project-node.mjs'

/** Named first: `npm run bench -- gateway`. */
const named = process.argv[2] ?? ''
const bench = ['command', 'gateway'].includes(named) ? named : 'signing'
runUnderProjectNode(new URL(`../bench/${bench}.ts`, import.meta.url))
