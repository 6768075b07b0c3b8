// Builds all pages once, before there are workers that would wait for one another.
import { loadPages } from '../../packages/emulator/src/pages/load-pages.ts'
import { buildPortalPages } from '../pages/portal-pages.ts'

export async function setup(): Promise<void> {
  await buildPortalPages()
  await loadPages()
}
