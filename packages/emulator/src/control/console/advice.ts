import type { RunningWorkbench } from '../product.ts'
import type { Advice, RecordedRequest } from '../recorder.ts'

/** Everything that can be said about a request in words: of the fault that it met, and by its product. */
export function adviceOn(
  { products }: Pick<RunningWorkbench, 'products'>,
  request: RecordedRequest,
): Advice[] {
  const fault: Advice[] =
    request.fault === undefined
      ? []
      : [
          {
            why: `A fault that is switched on was applied to it: ${request.fault}.`,
            next: 'Switch it off under Faults, if it is not wanted.',
          },
        ]
  const product = products.find(({ definition }) => definition.name === request.product)
  const notice = request.notice === undefined ? [] : [request.notice]
  return [...fault, ...notice, ...(product?.adviceOn(request) ?? [])]
}
