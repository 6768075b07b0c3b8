import { numberText } from '../data/field-value.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { toNumber, toText } from '../expression/value.ts'
import { arrayAt, type JsonObject, jsonNumber, numberAt, objectAt, textAt } from '../json.ts'
import { evaluate } from '../model/calculate.ts'
import { type Doc, freeId, refuseTooMany, type Variable } from '../model/doc.ts'
import { applyPatches, readPatches } from '../model/patch.ts'
import { type EngineSession, handleOf, openDocOf } from '../model/session.ts'
import type { Call, MethodTable } from './method.ts'
import { nothing } from './reference.ts'
import { resultsChanged } from './select.ts'

/** Variables: those of the app keep a value of their own in each session. */
export const variableMethods: MethodTable = {
  'Doc.CreateSessionVariable': (call) => {
    const doc = openDocOf(call.session)
    const given = objectAt(call.params, 'qProp')
    const name = textAt(given, 'qName')
    if (name === '') throw engineError(errorCodes.invalidParameters, 'qName is empty', 'qProp')
    if (byName(doc, name) !== undefined) {
      const message = `there is a variable "${name}" already`
      throw engineError(errorCodes.alreadyExists, message, 'qProp')
    }
    refuseTooMany(doc)
    const id = textAt(objectAt(given, 'qInfo'), 'qId') || freeId(doc)
    const properties = { ...given, qInfo: { qId: id, qType: 'variable' } }
    const variable: Variable = { id, isStored: false, properties }
    doc.variables.set(id, variable)
    resultsChanged(call)
    return { qInfo: properties.qInfo, qReturn: reference(call.session, variable) }
  },
  'Doc.GetVariableById': ({ params, session }) => ({
    qReturn: reference(session, openDocOf(session).variables.get(textAt(params, 'qId'))),
  }),
  'Doc.GetVariableByName': ({ params, session }) => ({
    qReturn: reference(session, byName(openDocOf(session), textAt(params, 'qName'))),
  }),
  'Doc.DestroySessionVariableById': (call) => ({
    qSuccess: destroy(call, openDocOf(call.session).variables.get(textAt(call.params, 'qId'))),
  }),
  'Doc.DestroySessionVariableByName': (call) => ({
    qSuccess: destroy(call, byName(openDocOf(call.session), textAt(call.params, 'qName'))),
  }),
  'GenericVariable.GetInfo': (call) => ({ qInfo: objectAt(variableOf(call).properties, 'qInfo') }),
  'GenericVariable.GetProperties': (call) => ({ qProp: variableOf(call).properties }),
  'GenericVariable.GetRawContent': (call) => ({
    qReturn: textAt(variableOf(call).properties, 'qDefinition'),
  }),
  'GenericVariable.GetLayout': (call) => {
    const { properties } = variableOf(call)
    const definition = textAt(properties, 'qDefinition')
    const isFormula = definition.trimStart().startsWith('=')
    const value = isFormula ? evaluate(openDocOf(call.session), definition) : definition
    const { qMetaDef, ...rest } = properties
    return {
      qLayout: {
        ...rest,
        qMeta: { ...objectAt(properties, 'qMetaDef'), privileges: ['read'] },
        qText: toText(value) ?? '-',
        qNum: jsonNumber(toNumber(value)),
      },
    }
  },
  'GenericVariable.SetProperties': (call) => change(call, () => objectAt(call.params, 'qProp')),
  'GenericVariable.ApplyPatches': (call) =>
    change(call, (properties) =>
      applyPatches(properties, readPatches(arrayAt(call.params, 'qPatches'))),
    ),
  'GenericVariable.SetStringValue': (call) =>
    change(call, (properties) => ({ ...properties, qDefinition: textAt(call.params, 'qVal') })),
  'GenericVariable.SetNumValue': (call) =>
    change(call, (properties) => ({
      ...properties,
      qDefinition: numberText(numberAt(call.params, 'qVal')),
    })),
}

function byName(doc: Doc, name: string): Variable | undefined {
  return [...doc.variables.values()].find(({ properties }) => properties.qName === name)
}

function reference(session: EngineSession, variable: Variable | undefined): JsonObject {
  if (variable === undefined) return nothing
  return {
    qType: 'GenericVariable',
    qHandle: handleOf(session, { kind: 'GenericVariable', id: variable.id }),
    qGenericType: 'variable',
    qGenericId: variable.id,
  }
}

function variableOf({ session, target }: Call): Variable {
  const variable = openDocOf(session).variables.get(target.id)
  if (variable === undefined) throw engineError(errorCodes.notFound, 'there is no such variable')
  return variable
}

function change(call: Call, properties: (before: JsonObject) => JsonObject): JsonObject {
  const variable = variableOf(call)
  const { qInfo, qName } = variable.properties
  variable.properties = {
    ...properties(variable.properties),
    ...(qInfo === undefined ? {} : { qInfo }),
    ...(qName === undefined ? {} : { qName }),
  }
  call.changed(handleOf(call.session, call.target))
  resultsChanged(call)
  return {}
}

function destroy(call: Call, variable: Variable | undefined): boolean {
  if (variable === undefined || variable.isStored) return false
  const handle = handleOf(call.session, { kind: 'GenericVariable', id: variable.id })
  openDocOf(call.session).variables.delete(variable.id)
  call.session.handles.delete(handle)
  call.closed(handle)
  resultsChanged(call)
  return true
}
