import pytest

from portal.colours import ENOUGH, LIGHTEST_DARK_PAPER, contrast, lightened


@pytest.mark.parametrize("colour", ["#0a5a63", "#7a1f3d", "#000000", "#6b4e00"])
def test_a_dark_accent_is_lightened_until_it_can_be_read_on_dark_paper(colour):
    light = lightened(colour)

    assert contrast(light, LIGHTEST_DARK_PAPER) >= ENOUGH
    assert contrast(light, "#08262a") >= ENOUGH  # what is written on it there
