import { engineError, errorCodes } from '../engine-error.ts'
import { isExpressionError } from '../expression/expression-error.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { type JsonObject, jsonNumber, objectAt, textAt } from '../json.ts'
import { appLayout } from '../model/app-layout.ts'
import { createObject, evaluate, type GenericObject } from '../model/doc.ts'
import { type EngineSession, handleOfObject, openDocOf } from '../model/session.ts'
import type { Call, MethodTable } from './method.ts'

export const docMethods: MethodTable = {
  'Doc.GetAppLayout': ({ session }) => ({ qLayout: appLayout(openDocOf(session)) }),
  'Doc.CreateSessionObject': ({ params, session }) => {
    const doc = openDocOf(session)
    const properties = objectAt(params, 'qProp')
    const id = textAt(objectAt(properties, 'qInfo'), 'qId')
    if (id !== '' && doc.objects.has(id)) {
      throw engineError(errorCodes.alreadyExists, `there is an object "${id}" already`, 'qProp')
    }
    const object = createObject(doc, properties)
    return {
      qInfo: { qId: object.id, qType: object.type },
      qReturn: objectReference(session, object),
    }
  },
  'Doc.GetObject': ({ params, session }) => {
    const object = openDocOf(session).objects.get(textAt(params, 'qId'))
    return { qReturn: object === undefined ? nothing : objectReference(session, object) }
  },
  'Doc.DestroySessionObject': (call) => ({ qSuccess: destroyObject(call) }),
  'Doc.GetAllInfos': ({ session }) => ({
    qInfos: [...openDocOf(session).objects.values()].map(({ id, type }) => ({
      qId: id,
      qType: type,
    })),
  }),
  'Doc.EvaluateEx': ({ params, session }) => {
    const value = evaluated(session, params)
    const number = toNumber(value)
    const text = toText(value)
    return {
      qValue: {
        qText: text ?? '-',
        qIsNumeric: text !== null && !Number.isNaN(number),
        qNumber: jsonNumber(number),
      },
    }
  },
  'Doc.Evaluate': ({ params, session }) => ({ qReturn: toText(evaluated(session, params)) ?? '-' }),
}

/** How the engine says that there is no such thing. */
export const nothing: JsonObject = { qType: null, qHandle: null }

/** The reference to an object that clients make their own object of. */
export function objectReference(session: EngineSession, object: GenericObject): JsonObject {
  return {
    qType: 'GenericObject',
    qHandle: handleOfObject(session, object.id),
    qGenericType: object.type,
    qGenericId: object.id,
  }
}

function destroyObject({ params, session, closed }: Call): boolean {
  const doc = openDocOf(session)
  const object = doc.objects.get(textAt(params, 'qId'))
  if (object === undefined) return false
  const handle = handleOfObject(session, object.id)
  doc.objects.delete(object.id)
  session.handles.delete(handle)
  closed(handle)
  return true
}

/** Here an expression's error is the request's error: a number or text would be taken for a result. */
function evaluated(session: EngineSession, params: JsonObject): Value {
  try {
    return evaluate(openDocOf(session), textAt(params, 'qExpression'))
  } catch (error) {
    if (!isExpressionError(error)) throw error
    throw engineError(errorCodes.invalidParameters, error.message, 'qExpression')
  }
}
