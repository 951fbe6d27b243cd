import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useSubPagePlace } from '../hooks/subPagePlace';

interface Props {
  title: string;
  buttons: ReactNode;
  children: ReactNode;
}

/**
 * A page for one task, shown in place of the page that it was opened on. That page stays
 * loaded: when the task is done it is back where it was scrolled to, with the focus on
 * the button that opened the task.
 */
export function SubPage(props: Props) {
  const { place } = useSubPagePlace();
  return place && createPortal(<Task {...props} />, place);
}

interface Opening {
  opener: Element | null;
  scrolled: number;
}

/** From where the task was opened that was left a moment ago: one that takes its place goes back there too. */
let left: Opening | undefined;

function Task({ title, buttons, children }: Props) {
  const id = useId();
  const section = useRef<HTMLElement>(null);
  const { setTask } = useSubPagePlace();
  useLayoutEffect(() => {
    setTask(title);
    return () => setTask(undefined);
  }, [setTask, title]);
  useLayoutEffect(() => {
    const opening = left ?? { opener: document.activeElement, scrolled: window.scrollY };
    left = undefined;
    window.scrollTo(0, 0);
    section.current?.focus({ preventScroll: true });
    return () => {
      left = opening;
      requestAnimationFrame(() => {
        if (left !== opening) return;
        left = undefined;
        const { opener, scrolled } = opening;
        if (!(opener instanceof HTMLElement) || !opener.isConnected) return;
        window.scrollTo(0, scrolled);
        opener.focus({ preventScroll: true });
      });
    };
  }, []);
  return (
    <section ref={section} className="sub-page" tabIndex={-1} aria-labelledby={id}>
      <SpaceBetween size="m">
        <Container header={<Header variant="h1"><span id={id}>{title}</span></Header>}>{children}</Container>
        <Box float="right">{buttons}</Box>
      </SpaceBetween>
    </section>
  );
}
