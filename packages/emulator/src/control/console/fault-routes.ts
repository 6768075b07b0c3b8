import { Hono } from 'hono'
import { isObject, readJson } from '../../http/read-body.ts'
import type { Fault } from '../faults/fault.ts'
import type { RunningWorkbench } from '../product.ts'
import type { WorkbenchEnv } from '../workbench.ts'

const wrongBody = { error: 'Send {"faults": [{"effect": {…}}], "seed": 1}, or one fault by POST' }

/** `/_emulator/api/faults`: what goes wrong on purpose. The board itself checks what it is given. */
export function faultRoutes({ faults }: Pick<RunningWorkbench, 'faults'>): Hono<WorkbenchEnv> {
  const list = () => ({ faults: faults.get() })
  return new Hono<WorkbenchEnv>()
    .get('/', (c) => c.json(list()))
    .put('/', async (c) => {
      const body = await readJson(c.env.incoming)
      if (!('value' in body) || !isObject(body.value)) return c.json(wrongBody, 400)
      const { faults: wanted, seed } = body.value
      faults.set(wanted as Fault[], seed === undefined ? {} : { seed: seed as number })
      return c.json(list())
    })
    .post('/', async (c) => {
      const body = await readJson(c.env.incoming)
      if (!('value' in body)) return c.json(wrongBody, 400)
      return c.json({ id: faults.add(body.value as Fault) }, 201)
    })
    .delete('/', (c) => {
      faults.clear()
      return c.body(null, 204)
    })
    .delete('/:id', (c) =>
      faults.remove(Number(c.req.param('id')))
        ? c.body(null, 204)
        : c.json({ error: 'The fault does not exist' }, 404),
    )
}
