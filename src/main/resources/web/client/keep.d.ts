export * from './keep.cjs';
