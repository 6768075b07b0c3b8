// Builds all pages once, before there are workers that would build them beside one another: the portal's
// into one folder, and the emulator's one after the other while the others wait.
import { buildPage } from '../../examples/portal/server/index.ts'
import { loadPages } from '../../packages/emulator/src/pages/load-pages.ts'

export async function setup(): Promise<void> {
  await buildPage()
  await loadPages()
}
