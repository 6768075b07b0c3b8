import { Hono } from 'hono'
import type { Cloud, CloudEnv } from '../../cloud/cloud.ts'
import { isObject, readJson } from '../../http/read-body.ts'
import type { Fault } from '../faults/fault.ts'

const wrongBody = { error: 'Send {"faults": [{"effect": {…}}], "seed": 1}, or one fault by POST' }

/** `/_emulator/api/faults`: what goes wrong on purpose. The board itself checks what it is given. */
export function faultRoutes(cloud: Cloud): Hono<CloudEnv> {
  const list = () => ({ faults: cloud.faults.get() })
  return new Hono<CloudEnv>()
    .get('/', (c) => c.json(list()))
    .put('/', async (c) => {
      const body = await readJson(c.env.incoming)
      if (!('value' in body) || !isObject(body.value)) return c.json(wrongBody, 400)
      const { faults, seed } = body.value
      cloud.faults.set(faults as Fault[], seed === undefined ? {} : { seed: seed as number })
      return c.json(list())
    })
    .post('/', async (c) => {
      const body = await readJson(c.env.incoming)
      if (!('value' in body)) return c.json(wrongBody, 400)
      return c.json({ id: cloud.faults.add(body.value as Fault) }, 201)
    })
    .delete('/', (c) => {
      cloud.faults.clear()
      return c.body(null, 204)
    })
    .delete('/:id', (c) =>
      cloud.faults.remove(Number(c.req.param('id')))
        ? c.body(null, 204)
        : c.json({ error: 'There is no such fault' }, 404),
    )
}
