import { Hono } from 'hono'
import type { Cloud } from '../../packages/emulator/src/cloud/cloud.ts'
import { createCloudApp } from '../../packages/emulator/src/cloud/cloud-app.ts'

/** A path with each place that is filled in written alike. */
export function toShape(path: string): string {
  return path.replaceAll(/\{[^}]+\}|:\w+/g, '{}').replace(/(?<=.)\/$/, '')
}

/** Every method and path that the emulated tenant answers, from its own table of routes. */
export function readEmulatorRoutes(): readonly { method: string; path: string }[] {
  // Handlers take the tenant only when a request comes, and none does.
  const { routes } = createCloudApp({} as Cloud, new Hono())
  const seen = new Map<string, { method: string; path: string }>()
  for (const { method, path } of routes)
    if (method !== 'ALL') seen.set(`${method} ${toShape(path)}`, { method, path })
  return [...seen.values()]
}
