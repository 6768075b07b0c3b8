import type { Site } from '../site.ts'

/** The sites of a gateway. */
export interface Sites {
  readonly all: readonly Site[]
  /** The one that a `Host` names; undefined when there is none. */
  at(host: string): Site | undefined
}

/** Finds sites by the `Host` of a request, and nothing else of them is taken from it. */
export function createSites(all: readonly Site[]): Sites {
  const byHost = new Map(all.map((site) => [site.host, site]))
  return Object.freeze({ all, at: (host: string) => byHost.get(host.toLowerCase()) })
}
