// Shows a model card's Markdown as elements of the page, without any HTML of the card's own.
import { useMemo } from 'preact/hooks';
import { type Block, parseMarkdown, type Span } from './parse-markdown.js';

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div class="markdown">
      {blocks.map((block, i) => (
        <BlockView key={i} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? (
        <h3 class="markdown-title">
          <Spans spans={block.spans} />
        </h3>
      ) : (
        <h4>
          <Spans spans={block.spans} />
        </h4>
      );
    case 'paragraph':
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
    case 'code':
      return <pre>{block.text}</pre>;
    case 'list': {
      const items = block.items.map((spans, i) => (
        <li key={i}>
          <Spans spans={spans} />
        </li>
      ));
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return <TableView table={block} />;
  }
}

function TableView({ table: { head, rows } }: { table: Extract<Block, { kind: 'table' }> }) {
  const hasHead = head.some((cell) => cell.length > 0);
  return (
    <div class="table-scroll">
      <table>
        {hasHead && (
          <thead>
            <tr>
              {head.map((cell, i) => (
                <th key={i} scope="col">
                  <Spans spans={cell} />
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>
                  <Spans spans={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Spans({ spans }: { spans: readonly Span[] }) {
  return <>{spans.map((span) => spanView(span))}</>;
}

function spanView(span: Span) {
  switch (span.kind) {
    case 'text':
      return span.text;
    case 'strong':
      return <strong>{span.text}</strong>;
    case 'emphasis':
      return <em>{span.text}</em>;
    case 'code':
      return <code>{span.text}</code>;
    case 'link':
      return (
        <a href={span.href} target="_blank" rel="noreferrer">
          {span.text}
        </a>
      );
  }
}
