/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing, linked against all that another program links: what the start of a process costs. */
int main(void)
{
    return 0;
}
