// Plain JavaScript: it runs on any Node from 20 on, before anything is installed.
import { runUnderProjectNode } from './setup/project-node.mjs'

runUnderProjectNode(new URL('fuzz/fuzz.ts', import.meta.url))
