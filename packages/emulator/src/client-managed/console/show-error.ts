import type { DocumentedError } from '../../control/faults/error-catalogue.ts'
import type { ShownError } from '../../control/product.ts'
import type { ClientManaged } from '../client-managed.ts'
import { proxyExamples } from './proxy-examples.ts'
import { createSiteSandbox } from './sandbox.ts'
import { serviceExamples } from './service-examples.ts'

const examples = { ...proxyExamples, ...serviceExamples }

/** Produces a documented error at a site that is made for it; the developer's own is not touched. */
export async function showSiteError(
  site: ClientManaged,
  error: DocumentedError,
): Promise<ShownError> {
  const { id, method, path } = error
  const example = Object.hasOwn(examples, id) ? examples[id] : undefined
  const sandbox = await createSiteSandbox(site, example?.switches)
  if (example === undefined)
    sandbox.site.faults.set([{ effect: { kind: 'documented-error', error: id } }])
  const { status, body } = await (example?.run(sandbox) ?? sandbox.call({ method, path }))
  return { method, path, by: example === undefined ? 'fault' : 'rules', status, body }
}
