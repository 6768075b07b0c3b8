import { Hono } from 'hono'
import type { RunningWorkbench } from '../product.ts'
import type { WorkbenchEnv } from '../workbench.ts'

const previewRows = 50

/** `/_emulator/api/apps`: the engine's apps, and what is in them whoever may see it. */
export function appRoutes({ engine }: Pick<RunningWorkbench, 'engine'>): Hono<WorkbenchEnv> {
  return new Hono<WorkbenchEnv>()
    .get('/', (c) => {
      const apps = engine.apps().map(({ id, name }) => {
        const preview = engine.preview(id, 0)
        return { id, name, rowCount: preview?.rowCount, fields: preview?.fields.length }
      })
      return c.json({ apps })
    })
    .get('/:id', (c) => {
      const preview = engine.preview(c.req.param('id'), previewRows)
      return preview === undefined
        ? c.json({ error: 'The app does not exist' }, 404)
        : c.json(preview)
    })
}
