import { Hono } from 'hono'
import type { RunningWorkbench } from '../product.ts'
import type { WorkbenchEnv } from '../workbench.ts'

const unknown = { error: 'The error is not in the catalogue' }

/** `/_emulator/api/errors`: every documented error, each to be seen or to be met by the next request. */
export function errorRoutes({ products, faults }: RunningWorkbench): Hono<WorkbenchEnv> {
  const catalogues = products.map(({ definition }) => definition.errors)
  const find = (id: string) =>
    products
      .map((product) => ({
        product,
        error: product.definition.errors.errors.find((one) => one.id === id),
      }))
      .find(({ error }) => error !== undefined)
  return new Hono<WorkbenchEnv>()
    .get('/', (c) =>
      c.json({
        errors: catalogues.flatMap(({ errors }) => errors),
        closes: catalogues.flatMap(({ closes }) => closes),
        clientTexts: catalogues.flatMap(({ clientTexts }) => clientTexts),
      }),
    )
    .post('/:id/show', async (c) => {
      const found = find(c.req.param('id'))
      if (found?.error === undefined) return c.json(unknown, 404)
      return c.json(await found.product.showError(found.error))
    })
    .post('/:id/arm', (c) => {
      const id = c.req.param('id')
      const error = find(id)?.error
      if (error !== undefined) {
        const { method, path } = error
        const effect = { kind: 'documented-error', error: id } as const
        return c.json({ id: faults.add({ effect, method, pathPrefix: path, times: 1 }) }, 201)
      }
      const close = catalogues.flatMap(({ closes }) => closes).find((one) => one.id === id)
      if (close === undefined) return c.json(unknown, 404)
      const { closeCode, notification } = close
      const named = notification === undefined ? {} : { notification }
      const effect = { kind: 'close-socket', closeCode, ...named } as const
      // Below the prefix of a virtual proxy too: the effect is for engine sockets alone.
      return c.json({ id: faults.add({ effect, times: 1 }) }, 201)
    })
}
