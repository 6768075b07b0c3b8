import type { Advice, RecordedRequest } from '../recorder.ts'
import type { SwitchDefinitions } from '../switch-definition.ts'

const next = 'Your code should work with each of its values; change it under Faults & switches.'

/** Says of a request which switches decided it, for a product with these. */
export function switchAdvice(
  definitions: SwitchDefinitions,
): (request: Pick<RecordedRequest, 'decidedBy' | 'shapedBy'>) => Advice[] {
  const toText = (name: string) => {
    const definition = definitions[name]
    if (definition === undefined) return `The switch ${name} decides it.`
    const { fact, certainty } = definition
    const known = certainty === 'documented' ? 'its default is documented' : 'no source settles it'
    return `${fact}: the switch ${name} decides it, and ${known}.`
  }
  return ({ decidedBy, shapedBy }) => [
    ...(decidedBy === undefined ? [] : [{ why: toText(decidedBy), next }]),
    ...(shapedBy === undefined ? [] : [{ why: shapedBy.map(toText).join(' '), next }]),
  ]
}
