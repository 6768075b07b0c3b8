import { isTrue, type Value } from '../expression/value.ts'
import { isTrueAt, type JsonObject, objectAt, textAt } from '../json.ts'
import { conditionText, textValue } from './condition.ts'
import { type ColumnError, columnErrorCodes, notBuilt, toColumnError } from './definition.ts'

/** Settings that would change the figures. Better none than wrong ones. */
const refusedSettings: readonly string[] = ['qPopulateMissing', 'qShowTotalsAbove']
/** What the modes that are not built are for, as people call it. */
const refusedModes: Readonly<Record<string, string>> = { P: 'pivot table', T: 'tree' }

/** Says why a cube must not be computed at all: a setting that is not built, or its own condition. */
export function findCubeError(
  definition: JsonObject,
  evaluate: (text: string) => Value,
): ColumnError | undefined {
  try {
    refuseSettings(definition)
    const condition = conditionText(definition)
    if (condition === '' || isTrue(evaluate(condition))) return undefined
    const message = textValue(objectAt(definition, 'qCalcCondition').qMsg)
    return { code: columnErrorCodes.condition, message: message || 'the condition is not met' }
  } catch (error) {
    return toColumnError(error)
  }
}

function refuseSettings(definition: JsonObject): void {
  const setting = refusedSettings.find((name) => isTrueAt(definition, name))
  if (setting !== undefined) throw notBuilt(setting)
  const mode = textAt(definition, 'qMode', 'S')
  const shape = Object.hasOwn(refusedModes, mode) ? refusedModes[mode] : undefined
  if (shape !== undefined) throw notBuilt(`a ${shape} (qMode "${mode}")`)
  const state = textAt(definition, 'qStateName')
  if (state !== '' && state !== '$') throw notBuilt(`alternate state "${state}"`)
  if (textAt(definition, 'qContextSetExpression') !== '') throw notBuilt('qContextSetExpression')
}
