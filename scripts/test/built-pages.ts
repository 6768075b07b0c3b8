// Builds all pages once, before there are workers: two of them would build the portal's into one folder
// at the same time.
import { buildPage } from '../../examples/portal/server/build-page.ts'
import { loadPages } from '../../packages/emulator/src/pages/load-pages.ts'

export async function setup(): Promise<void> {
  await buildPage()
  await loadPages()
}
