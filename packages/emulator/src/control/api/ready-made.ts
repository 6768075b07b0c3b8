import type { Cloud } from '../../cloud/cloud.ts'
import type { DocumentedError } from '../faults/documented-errors.ts'
import { examples } from './examples.ts'
import { createScene } from './scene.ts'
import type { Shown } from './shown.ts'

/** Produces a documented error in a tenant that is made for it; the developer's own is not touched. */
export async function showError(cloud: Cloud, error: DocumentedError): Promise<Shown> {
  const { id, method, path } = error
  const example = Object.hasOwn(examples, id) ? examples[id] : undefined
  const scene = await createScene(cloud, example?.switches ?? {})
  if (example === undefined)
    scene.cloud.faults.set([{ effect: { kind: 'documented-error', error: id } }])
  const answer = await (example?.run(scene) ?? scene.call({ method, path }))
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
