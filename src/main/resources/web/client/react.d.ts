export * from './react.cjs';
