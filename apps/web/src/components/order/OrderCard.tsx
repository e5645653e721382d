import clsx from 'clsx'
import { ChevronDown, ChevronUp, UserRound, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useRef } from 'react'
import { useCardDrag } from './order-drag.ts'
import { StandingWord } from './StandingDot.tsx'
import type { Standing } from './source-standing.ts'

interface Props {
  row: string
  name: string
  /** What its owner calls it. */
  label: string
  /** From 1. */
  place: number
  of: number
  standing: Standing
  isOwnSource: boolean
  /** Nothing was set: it stands here because the house says so. */
  isHouse: boolean
  /** Its place in the house's order, where that is another; `new` where it has none. */
  housePlace: number | 'new' | null
  isLifted: boolean
  isTabStop: boolean
  handle: (element: HTMLElement | null) => void
  onKeyDown: (event: KeyboardEvent) => void
  onFocus: () => void
  onDrop: (name: string, after: boolean) => void
  onMove: (by: -1 | 1) => void
  onTakeOut: () => void
}

/** One source of an order: dragged by any part of it, moved by keys, taken out by its cross. */
export function OrderCard(props: Props) {
  const { row, name, place, of, standing, isHouse, housePlace, isLifted } = props
  const card = useRef<HTMLLIElement>(null)
  const { isDragging, edge } = useCardDrag(card, { row, name, takesDrops: true, onDrop: props.onDrop })
  const moved =
    housePlace === null
      ? ''
      : housePlace === 'new'
        ? ', not in the house’s order'
        : `, place ${housePlace} with the house`
  return (
    <li
      ref={card}
      data-source={name}
      className={clsx(
        'group relative flex w-31 cursor-grab items-stretch rounded-md border bg-surface max-sm:w-full',
        isHouse ? 'border-dashed border-line-strong' : 'border-line-strong',
        place === 1 && !isHouse && 'border-accent!',
        isLifted && 'z-10 bg-active! shadow-(--shadow) outline-2 outline-accent',
        isDragging && 'opacity-40',
      )}
    >
      {edge && <DropLine edge={edge} />}
      {/* biome-ignore lint/a11y/useSemanticElements: Firefox drags nothing by a real button. */}
      <div
        ref={props.handle}
        role="button"
        tabIndex={props.isTabStop ? 0 : -1}
        aria-pressed={isLifted}
        aria-roledescription="movable source"
        aria-describedby="order-keys"
        title={`${props.label === name ? name : `${name}, ${props.label}`}: ${standing.why}`}
        onKeyDown={props.onKeyDown}
        onFocus={props.onFocus}
        className="flex min-w-0 flex-1 items-center gap-1.5 rounded-md py-1 pl-1.5"
      >
        <Place place={place} isHouse={isHouse} canAnswer={standing.canAnswer} />
        <span className="flex min-w-0 flex-1 flex-col leading-[1.2]">
          <span className="flex min-w-0 items-center gap-1 text-[13px] font-semibold">
            <span className="truncate">{name}</span>
            {props.isOwnSource && <OwnMark />}
            {housePlace !== null && <HousePlace place={place} house={housePlace} />}
          </span>{' '}
          <StandingWord standing={standing} />
          <span className="sr-only">
            , place {place} of {of}
            {props.isOwnSource && ', your own'}
            {moved}
          </span>
        </span>
      </div>
      <Side {...props} />
    </li>
  )
}

/** Arrows for a thumb, and the way out. */
const Side = ({ name, place, of, onMove, onTakeOut }: Props) => (
  <div className="flex shrink-0 items-center sm:absolute sm:-top-1.5 sm:-right-1.5 sm:z-[1]">
    <SideButton
      label={`Move ${name} earlier`}
      onClick={() => onMove(-1)}
      isOff={place === 1}
      className="sm:hidden"
    >
      <ChevronUp size={17} aria-hidden />
    </SideButton>
    <SideButton
      label={`Move ${name} later`}
      onClick={() => onMove(1)}
      isOff={place === of}
      className="sm:hidden"
    >
      <ChevronDown size={17} aria-hidden />
    </SideButton>
    <SideButton
      label={`Take ${name} out`}
      onClick={onTakeOut}
      isOff={of === 1}
      className="sm:hidden sm:rounded-full! sm:border sm:border-line-strong sm:bg-raised sm:group-focus-within:inline-flex sm:group-hover:inline-flex"
    >
      <X size={11} aria-hidden className="max-sm:size-4" />
    </SideButton>
  </div>
)

interface SideButtonProps {
  label: string
  onClick: () => void
  isOff: boolean
  className: string
  children: React.ReactNode
}

const SideButton = ({ label, onClick, isOff, className, children }: SideButtonProps) => (
  <button
    type="button"
    // The keys of the source itself do the same.
    tabIndex={-1}
    aria-label={label}
    title={label}
    disabled={isOff}
    onClick={onClick}
    className={clsx(
      'inline-flex size-4.5 items-center justify-center rounded text-muted hover:bg-hover hover:text-ink disabled:opacity-30 max-sm:size-9',
      className,
    )}
  >
    {children}
  </button>
)

const Place = ({ place, isHouse, canAnswer }: { place: number; isHouse: boolean; canAnswer: boolean }) => (
  <span
    aria-hidden
    className={clsx(
      'grid size-5 shrink-0 place-items-center rounded-full border text-[11px] font-semibold tabular-nums',
      !canAnswer
        ? 'border-line bg-sunken text-muted'
        : place === 1 && !isHouse
          ? 'border-accent bg-accent text-on-accent'
          : 'border-line-strong text-ink',
    )}
  >
    {place}
  </span>
)

export const OwnMark = () => (
  <span title="Your own source" className="shrink-0 text-accent">
    <UserRound size={11} aria-hidden />
  </span>
)

const HousePlace = ({ place, house }: { place: number; house: number | 'new' }) => (
  <span
    aria-hidden
    title={house === 'new' ? 'The house does not ask it here' : `Place ${house} in the house’s order`}
    className="shrink-0 rounded-sm bg-sunken px-1 text-[10px] leading-3.5 font-medium text-muted tabular-nums"
  >
    {house === 'new' ? '+' : `${house > place ? '↑' : '↓'}${Math.abs(house - place) || ''}`}
  </span>
)

const DropLine = ({ edge }: { edge: 'before' | 'after' }) => (
  <span
    aria-hidden
    className={clsx(
      'absolute z-20 rounded-full bg-accent max-sm:inset-x-0 max-sm:h-[3px] sm:inset-y-0 sm:w-[3px]',
      edge === 'before' ? 'max-sm:-top-[5px] sm:-left-[5px]' : 'max-sm:-bottom-[5px] sm:-right-[5px]',
    )}
  />
)

export type CardHandles = RefObject<Map<string, HTMLElement>>
