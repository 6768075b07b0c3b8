import type { DocumentedError } from '../../control/faults/error-catalogue.ts'
import type { ShownError } from '../../control/product.ts'
import type { Cloud } from '../cloud.ts'
import { examples } from './examples.ts'
import { createSandbox } from './sandbox.ts'

/** Produces a documented error in a tenant that is made for it; the developer's own is not touched. */
export async function showError(cloud: Cloud, error: DocumentedError): Promise<ShownError> {
  const { id, method, path } = error
  const example = Object.hasOwn(examples, id) ? examples[id] : undefined
  const sandbox = await createSandbox(cloud, example?.switches ?? {})
  if (example === undefined)
    sandbox.cloud.faults.set([{ effect: { kind: 'documented-error', error: id } }])
  const answer = await (example?.run(sandbox) ?? sandbox.call({ method, path }))
  const retryAfter = answer.headers['retry-after']
  return {
    method,
    path,
    by: example === undefined ? 'fault' : 'rules',
    status: answer.status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    body: answer.body,
  }
}
