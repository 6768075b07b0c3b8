import { engineError, errorCodes } from '../engine-error.ts'
import { isExpressionError } from '../expression/expression-error.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { arrayAt, isTrueAt, type JsonObject, jsonNumber, objectAt, textAt } from '../json.ts'
import { appLayout } from '../model/app-layout.ts'
import { listItem } from '../model/app-lists.ts'
import { contextOf, evaluate } from '../model/calculate.ts'
import { createObject } from '../model/doc.ts'
import { type EngineSession, handleOf, handleOfObject, openDocOf } from '../model/session.ts'
import { endModal, refuseWhileModal, step } from '../selection/history.ts'
import { noSelection } from '../selection/selection-state.ts'
import type { Call, MethodTable } from './method.ts'
import { nothing, referenceTo } from './reference.ts'
import { applySelection, resultsChanged } from './select.ts'

export const docMethods: MethodTable = {
  'Doc.GetAppLayout': ({ session }) => ({ qLayout: appLayout(openDocOf(session)) }),
  'Doc.CreateSessionObject': ({ params, session }) => {
    const doc = openDocOf(session)
    const properties = objectAt(params, 'qProp')
    const object = createObject(doc, properties)
    return {
      qInfo: { qId: object.id, qType: object.type },
      qReturn: referenceTo(session, object.id),
    }
  },
  'Doc.GetObject': ({ params, session }) => ({
    qReturn: referenceTo(session, textAt(params, 'qId')),
  }),
  'Doc.GetObjects': ({ params, session }) => {
    const doc = openDocOf(session)
    const options = objectAt(params, 'qOptions')
    const types = arrayAt(options, 'qTypes')
    const found = [...doc.objects.values()].filter(
      (object) =>
        (object.isStored || isTrueAt(options, 'qIncludeSessionObjects')) &&
        (types.length === 0 || types.includes(object.type)),
    )
    const data = objectAt(options, 'qData')
    return { qList: found.flatMap((object) => listItem(doc, object.id, data)) }
  },
  // An app of the emulator has no master items.
  'Doc.GetDimension': () => ({ qReturn: nothing }),
  'Doc.GetMeasure': () => ({ qReturn: nothing }),
  'Doc.ExpandExpression': ({ params, session }) => ({
    qExpandedExpression: contextOf(openDocOf(session)).expand(textAt(params, 'qExpression')),
  }),
  'Doc.GetField': ({ params, session }) => {
    const name = textAt(params, 'qFieldName')
    if (openDocOf(session).table.field(name) === undefined) return { qReturn: nothing }
    const handle = handleOf(session, { kind: 'Field', id: name })
    return { qReturn: { qType: 'Field', qHandle: handle, qGenericType: '', qGenericId: '' } }
  },
  'Doc.ClearAll': (call) => {
    applySelection(call, () => noSelection)
    return {}
  },
  'Doc.Back': (call) => stepAll(call, 'back'),
  'Doc.Forward': (call) => stepAll(call, 'forward'),
  'Doc.BackCount': ({ session }) => ({ qReturn: openDocOf(session).selection.back.length }),
  'Doc.ForwardCount': ({ session }) => ({ qReturn: openDocOf(session).selection.forward.length }),
  'Doc.AbortModal': (call) => {
    const { selection } = openDocOf(call.session)
    if (endModal(selection, isTrueAt(call.params, 'qAccept'))) resultsChanged(call)
    return {}
  },
  // It is about undoing changes of properties, of which a session keeps none.
  'Doc.ClearUndoBuffer': () => ({}),
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

function destroyObject({ params, session, closed }: Call): boolean {
  const doc = openDocOf(session)
  const object = doc.objects.get(textAt(params, 'qId'))
  if (object === undefined || object.isStored) return false
  // Nobody could confirm the selection any more, and everyone else would be locked out.
  if (doc.selection.modal?.objectId === object.id) endModal(doc.selection, true)
  const handle = handleOfObject(session, object.id)
  doc.objects.delete(object.id)
  session.handles.delete(handle)
  closed(handle)
  return true
}

function stepAll(call: Call, direction: 'back' | 'forward'): JsonObject {
  const { selection } = openDocOf(call.session)
  refuseWhileModal(selection)
  const isMoved = step(selection, direction)
  if (isMoved) resultsChanged(call)
  return { qReturn: isMoved }
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
