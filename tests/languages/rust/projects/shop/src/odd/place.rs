pub fn far() -> u32 {
    crate::inner::deep();
    1
}
