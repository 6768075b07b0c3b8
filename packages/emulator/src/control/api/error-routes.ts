import { Hono } from 'hono'
import type { Cloud, CloudEnv } from '../../cloud/cloud.ts'
import { clientTexts } from '../faults/client-texts.ts'
import { documentedCloses } from '../faults/documented-closes.ts'
import { documentedErrors } from '../faults/documented-errors.ts'
import { showError } from './ready-made.ts'

const unknown = { error: 'There is no such error in the catalogue' }

/** `/_emulator/api/errors`: every documented error, each to be seen or to be met by the next request. */
export function errorRoutes(cloud: Cloud): Hono<CloudEnv> {
  const find = (id: string) => documentedErrors.find((one) => one.id === id)
  return new Hono<CloudEnv>()
    .get('/', (c) => c.json({ errors: documentedErrors, closes: documentedCloses, clientTexts }))
    .post('/:id/show', async (c) => {
      const error = find(c.req.param('id'))
      return error === undefined ? c.json(unknown, 404) : c.json(await showError(cloud, error))
    })
    .post('/:id/arm', (c) => {
      const id = c.req.param('id')
      const error = find(id)
      if (error !== undefined) {
        const { method, path } = error
        const effect = { kind: 'documented-error', error: id } as const
        return c.json({ id: cloud.faults.add({ effect, method, pathPrefix: path, times: 1 }) }, 201)
      }
      const close = documentedCloses.find((one) => one.id === id)
      if (close === undefined) return c.json(unknown, 404)
      const effect = { kind: 'close-socket', closeCode: close.closeCode } as const
      return c.json({ id: cloud.faults.add({ effect, pathPrefix: '/app/', times: 1 }) }, 201)
    })
}
