import type { Check } from '../check.ts'
import { frontChecks } from './front.ts'
import type { NetworkContext } from './network-context.ts'
import { reachChecks } from './reach.ts'
import { tlsChecks } from './tls.ts'

/** The way to a deployment, from the outside in: for every product. */
export const networkChecks: readonly Check<NetworkContext>[] = [
  ...reachChecks,
  ...tlsChecks,
  ...frontChecks,
]
