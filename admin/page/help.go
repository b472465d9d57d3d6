package page

import "loaxa/admin/route"

func (p *Pages) helpRoutes() []route.Route { return nil }
